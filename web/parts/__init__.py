"""What several pages share: filters, forms, jobs, results, words."""
