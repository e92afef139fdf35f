"""Demo: a site to try, with people who are plainly invented."""
