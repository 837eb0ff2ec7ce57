"""Knowledge, templates and the resource families over them."""
