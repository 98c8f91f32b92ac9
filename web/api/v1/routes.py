"""Every address of the API: loading these modules makes them."""

from hotspots.web.api.v1 import data, deployments, exports, loop, people, results, work

MODULES = (data, deployments, exports, loop, people, results, work)
