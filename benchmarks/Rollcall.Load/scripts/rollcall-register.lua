-- Registers the same record under 10,000 ids of 100 services in turn, each time with another counter, so that every request is a change.
dofile(os.getenv("LOAD_SCRIPTS") .. "/report.lua")

local paths, bodies, counter, base = {}, {}, 0, tonumber(os.getenv("LOAD_BASE"))
for i = 0, 9999 do
  paths[i] = string.format("/api/services/orders-%02d/instances/i-%06d", i % 100, i)
end
local prefix = '{"address":"10.0.0.5","ports":{"http":8080},"ttl":"1h","zone":"a","metadata":{"version":"v2","n":"'
local headers = { ["Content-Type"] = "application/json" }

function request()
  counter = counter + 1
  return wrk.format("PUT", paths[counter % 10000], headers, prefix .. string.format("%06d", base + counter) .. '"}}')
end
