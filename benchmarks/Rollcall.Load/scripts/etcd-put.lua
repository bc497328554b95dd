-- Puts the same record under the same 10,000 names in turn, each time with another counter. Keys and values are base64, as the gateway wants.
dofile(os.getenv("LOAD_SCRIPTS") .. "/report.lua")

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for j = 0, 3 do
      local index = math.floor(n / 64 ^ (3 - j)) % 64 + 1
      out[#out + 1] = ((j == 2 and not b) or (j == 3 and not c)) and "=" or alphabet:sub(index, index)
    end
  end
  return table.concat(out)
end

local prefix = '{"address":"10.0.0.5","ports":{"http":8080},"ttl":"1h","zone":"a","metadata":{"version":"v2","n":"'
prefix = prefix .. string.rep(" ", (3 - #prefix % 3) % 3) -- three bytes are four characters: parts can be joined encoded
local encodedPrefix, encodedSuffix, triples, keys = base64(prefix), base64('"}}'), {}, {}
for i = 0, 999 do triples[i] = base64(string.format("%03d", i)) end
for i = 0, 9999 do keys[i] = base64(string.format("orders-%02d/i-%06d", i % 100, i)) end

local counter, base = 0, tonumber(os.getenv("LOAD_BASE"))
local headers = { ["Content-Type"] = "application/json" }

function request()
  counter = counter + 1
  local n = (base + counter) % 1000000
  return wrk.format("POST", "/v3/kv/put", headers, '{"key":"' .. keys[counter % 10000] .. '","value":"'
    .. encodedPrefix .. triples[math.floor(n / 1000)] .. triples[n % 1000] .. encodedSuffix .. '"}')
end
