-- The script of runWrk. Arguments: a folder, and the number of the first request, if the requests differ.
-- Files in the folder: `head` and `tail`, the parts of a request before and after the placeholder, and, if numbers do not
-- replace it, `values`, one on each line.
local head, tail, values, firstNumber
numberedRequests = 0
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
  head, tail, firstNumber = read("head"), read("tail"), tonumber(args[2])
  local lines = read("values")
  if lines then
    values = {}
    for line in lines:gmatch("[^\n]+") do values[#values + 1] = line end
  end
end

function request()
  if not firstNumber then return head end
  local number = firstNumber + numberedRequests
  numberedRequests = numberedRequests + 1
  -- As formatNumber in request-template.ts.
  return head .. (values and values[number % #values + 1] or string.format("%010d", number)) .. tail
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
    '\n{"statuses":{%s},"numberedRequests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"failures":%d}\n',
    table.concat(parts, ","), worker:get("numberedRequests") or 0, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.connect + errors.read + errors.write + errors.timeout))
end
