-- What the language and its libraries have, in few words; every line printed must be the same in any build.
local function sum(...)
	local s = 0
	for _, v in ipairs({ ... }) do s = s + v end
	return s, select("#", ...)
end
print(sum(1, 2, 3), sum())
local fib = setmetatable({}, { __index = function(t, n) local v = n < 2 and n or t[n - 1] + t[n - 2] t[n] = v return v end })
print(fib[80], 7 // 2, -7 // 2, -7 % 3, 7.5 // 2, 1 << 62, 3 | 4, ~5, 2 ^ 0.5, 10 / 4)
print(math.type(1), math.type(1.0), math.maxinteger + 1 == math.mininteger, math.tointeger("8"), 0x7fp-3)
local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a * i) end return "end" end)
print(co(2), co(3), co(4), co(5))
print(pcall(error, { code = 1 }), select(2, pcall(function() local x = nil; return x.y end)))
print(select(2, xpcall(function() error("deep", 0) end, function(m) return m .. " handled" end)))
print(("%5.2f|%-5d|%05x|%q|%s"):format(3.14159, 42, 255, "a\nb", true))
print(("hello world"):gsub("o", { o = "0" }), ("key = value"):match("(%w+)%s*=%s*(%w+)"), ("abc"):rep(3, "-"))
print(("x"):byte(), utf8.char(228, 8364), utf8.len("\u{e4}\u{20ac}"), #"\u{20ac}")
for w in ("one two three"):gmatch("%a+") do io.write(w:upper(), " ") end print()
local t = { 5, 2, 8, 1, 9, 3 }
table.sort(t, function(a, b) return a > b end)
print(table.concat(t, ","), table.unpack(t, 2, 4), #t, next({}), rawlen(t))
table.insert(t, 1, 0) table.remove(t) table.move(t, 1, 3, 4)
print(table.concat(t, " "))
local mt = { __add = function(a, b) return a.v + b.v end, __call = function(self, x) return self.v * x end,
	__eq = function() return true end, __lt = function(a, b) return a.v < b.v end, __len = function() return 99 end,
	__tostring = function(s) return "obj" .. s.v end, __close = function() print("closed") end, __concat = function() return "cat" end }
local function obj(v) return setmetatable({ v = v }, mt) end
do local c <close> = obj(1) local k <const> = 5 print(obj(1) + obj(2), obj(3)(k), obj(1) == obj(2), obj(1) < obj(2), #obj(1), tostring(obj(7)), obj(1) .. "x") end
goto done
print("never")
::done::
local weak = setmetatable({}, { __mode = "k" })
for i = 1, 1000 do weak[{}] = i end
collectgarbage() collectgarbage("generational") collectgarbage("incremental")
print(next(weak) == nil, load("return 1 + 1")(), load("syntax error here"))
print(string.pack("<i4z", 7, "s"):byte(1, -1)) print(string.unpack("<i4z", "\7\0\0\0s\0"))
local env = { print = print } local chunk = load("x = 5 print(x)", "c", "t", env) chunk() print(env.x, x)
print(os.time({ year = 2020, month = 1, day = 1, hour = 12 }) > 0, type(os.clock()), tostring(print):match("^builtin") or "function")
local crc = 0 for i = 1, 200000 do crc = (crc * 31 + i) & 0xffffffff end print(crc)
local p = {} for i = 1, 300 do p[#p + 1] = function() return i end end print(p[1](), p[300]())
print(string.dump(function() return 1 end):sub(1, 4) == "\27Lua", debug.traceback("tb", 1):match("tb"))
