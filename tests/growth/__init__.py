"""What a site with much in it does: which rows its pages read, and how many queries they make."""
