-- One GET again and again.
dofile(os.getenv("LOAD_SCRIPTS") .. "/report.lua")
