"""Knowledge and templates as data; one module per URI family; RESOURCES lists them."""

from autonomous_coder_resources.catalogue import RESOURCES, complete_resource

__all__ = ["RESOURCES", "complete_resource"]
