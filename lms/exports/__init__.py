"""Files for spreadsheets: pseudonymous by default, made by a job where they are long."""
