"""What every room stands on: errors, options, windows, arrays, text, folders."""
