"""The pages of the plans: form, map, reasons, lists and files."""
