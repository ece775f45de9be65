-- Sends the requests of a file, one `METHOD<tab>path<tab>Accept<tab>body` a line, from different places in each thread.
-- `Accept` may be followed by a space and an `Accept-Encoding`.
--   wrk … -s requests.lua URL -- FILE TOKEN

local threads = 0

function setup(thread)
    thread:set("place", threads)
    threads = threads + 1
end

function init(arguments)
    local headers = { ["Authorization"] = "Bearer " .. arguments[2], ["Content-Type"] = "application/json" }
    requests = {}
    for line in io.lines(arguments[1]) do
        local method, path, accept, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
        local format, encoding = accept:match("^(%S*) ?(.*)$")
        headers["Accept"], headers["Accept-Encoding"] = format, encoding ~= "" and encoding or nil
        requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
    end
    at = math.floor(#requests / 2) * place
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"micros":%d,"bytes":%d,"p50":%d,"p99":%d,"status":%d,"lost":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
