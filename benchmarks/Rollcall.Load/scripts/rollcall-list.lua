-- Lists a service of 100 instances.
dofile(os.getenv("LOAD_SCRIPTS") .. "/report.lua")
wrk.path = "/api/services/listed"
