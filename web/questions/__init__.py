"""The pages of the questions: a form and the answer."""
