-- The script of a wrk thread. Arguments: a folder with the files `head` and `tail`, and `values` if they differ in each
-- request, one a line; else the number that the first request has between head and tail, or nothing.
local head, tail, values, number
sent = 0
counts = {}

function setup(thread)
  worker = thread
end

function init(args)
  local function read(name)
    local file = io.open(args[1] .. "/" .. name, "rb")
    if not file then return nil end
    local text = file:read("*a")
    file:close()
    return text
  end
  head, tail, number = read("head"), read("tail"), tonumber(args[2])
  local lines = read("values")
  if lines then
    values = {}
    for line in lines:gmatch("[^\n]+") do values[#values + 1] = line end
  end
end

function request()
  if not number then return head end
  local at = number + sent
  sent = sent + 1
  return head .. (values and values[at % #values + 1] or string.format("%010d", at)) .. tail
end

function response(status)
  local key = tostring(status)
  counts[key] = (counts[key] or 0) + 1
end

function done(summary, latency)
  local parts = {}
  for status, count in pairs(worker:get("counts")) do parts[#parts + 1] = '"' .. status .. '":' .. count end
  local errors = summary.errors
  io.write(string.format(
    '\n{"statuses":{%s},"sent":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"failures":%d}\n',
    table.concat(parts, ","), worker:get("sent") or 0, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.connect + errors.read + errors.write + errors.timeout))
end
