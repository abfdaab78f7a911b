-- wrk script: hold, then confirm what was held; every person is new. Counts what came back, and checks that it is what was
-- asked for. Arguments after "--": AGENDA [hold|both]; "hold" leaves out the confirmations.
local threads = {}

function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end

function init(args)
  agenda = args[1] or "bench-0"
  confirming = (args[2] or "both") == "both"
  math.randomseed(os.time() * 100 + id)
  person = 0
  session = math.random(1000000, 9999999)
  first, last, queue = 1, 0, {}
  held, confirmed, refused, wrong = 0, 0, 0, 0
end

function request()
  if confirming and first <= last then
    local seat = queue[first]
    queue[first] = nil
    first = first + 1
    return wrk.format("POST", "/v1/reservations/" .. seat.name .. "/confirm", { ["Creneau-Key"] = seat.key })
  end
  person = person + 1
  local key = string.format("bench%07d%02d%010d", session, id, person)
  local body = string.format('{"applicant":{"dossier":"B%07d%02d%010d","birth_date":"1990-05-17"}}', session, id, person)
  return wrk.format("POST", "/v1/agendas/" .. agenda .. "/holds",
    { ["Content-Type"] = "application/json", ["Idempotency-Key"] = key }, body)
end

function response(status, headers, body)
  if status == 201 then
    held = held + 1
    last = last + 1
    queue[last] = { name = body:match('"reservation":"([^"]+)"'), key = body:match('"key":"([^"]+)"') }
  elseif status == 200 and body:find('"state":"confirmed"', 1, true) then
    confirmed = confirmed + 1
  elseif status == 409 or status == 503 then
    refused = refused + 1
  else
    wrong = wrong + 1
  end
end

function done(summary, latency, requests)
  local sums = { held = 0, confirmed = 0, refused = 0, wrong = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
  end
  io.write(string.format("held=%d confirmed=%d refused=%d wrong=%d requests_per_s=%.0f p50_ms=%.2f p99_ms=%.2f errors=%d\n",
    sums.held, sums.confirmed, sums.refused, sums.wrong, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
