-- Reads the same 100 records as one range: "listed/" to "listed0".
dofile(os.getenv("LOAD_SCRIPTS") .. "/report.lua")
wrk.method = "POST"
wrk.path = "/v3/kv/range"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"key":"bGlzdGVkLw==","range_end":"bGlzdGVkMA=="}'
