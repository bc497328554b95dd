using System.Globalization;
using System.Text;

namespace Rollcall.Node.Tests.Api;

/// <summary>Makes requests that are wrong in every way one can think of, and now and then right. Everything comes from the seed.</summary>
internal sealed class Garbage(int seed)
{
    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "QUERY", "get", "X-1"];

    // Often enough the right method with the right kind of body, or nothing would get past the door.
    private static readonly (string Method, string Path)[] Routes =
    [
        ("PUT", "/api/services/{s}/instances/{i}"), ("PUT", "/api/services/{s}/instances/{i}"), ("PUT", "/api/services/{s}/instances/{i}"),
        ("DELETE", "/api/services/{s}/instances/{i}"), ("PUT", "/api/services/{s}/instances/{i}/status"), ("PUT", "/api/services/{s}/instances/{i}/status"),
        ("POST", "/api/services/{s}/instances/{i}/drain"), ("POST", "/api/renew"), ("POST", "/api/renew"), ("GET", "/api/services"), ("GET", "/api/services/{s}"),
        ("GET", "/api/services/{s}"), ("GET", "/api/services/{s}/watchers"), ("GET", "/api/history"), ("GET", "/api/watch"), ("GET", "/api/scores"), ("GET", "/api/status"),
        ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/"), ("GET", "/openapi/{s}.json"), ("GET", "/{s}"), ("GET", "/api/{s}/{i}"),
        ("PUT", "/api/services/{s}/instances/{i}/{s}"), ("PUT", "/api/services//instances/{i}"), ("GET", "/API/Services/{s}"),
    ];

    private static readonly string[] Parameters =
        ["ready", "zone", "index", "wait", "epoch", "at", "meta.version", "meta.", "since", "limit", "service", "timeout", "", "{g}"];

    private static readonly string[] Values =
    [
        "true", "false", "a", "0", "1", "42", "-1", "9223372036854775807", "9223372036854775808", "1e9", "0s", "10ms", "20ms", "1h", "99999d", "-5s", "1s1s", "NaN",
        "2026-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59.9999999-14:00", "2026-13-45", "10m", "orders", "Orders", "", "{g}",
    ];

    private static readonly string[] Headers =
    [
        "Rollcall-Owner", "Rollcall-Watcher", "If-None-Match", "Last-Event-ID", "Content-Type", "Content-Encoding", "Accept", "Sec-Fetch-Site", "Range", "Origin",
        "X-HTTP-Method-Override", "Cookie",
    ];

    private static readonly string[] HeaderValues =
        ["s3cret", "*", "\"x\"", "W/\"x\", *", "application/json", "text/xml; charset=nonsense", "gzip", "cross-site", "bytes=0-1", "a:1", ":", "x:-1", "", "{g}"];

    private static readonly string[] Bodies =
    [
        """{"address":"127.0.0.1","ports":{"http":8080,"admin":8081},"ttl":"1h","weight":100,"zone":"a","node":"m7","metadata":{"version":"v2"},"checks":[{"tcp":"127.0.0.1:1","interval":"1h","timeout":"1s"},{"http":"http://127.0.0.1:1/","interval":"1h"}]}""",
        """{"address":"127.0.0.1","ports":{"http":8080},"ttl":"24h"}""",
        """{"state":"not-ready","reason":"warming up"}""",
        """{"state":"ready"}""",
        """{"leases":[{"service":"orders","id":"o-1"},{"service":"stock","id":"o-2"}]}""",
    ];

    private static readonly string[] Fields =
        ["address", "ports", "http", "ttl", "weight", "zone", "node", "metadata", "checks", "tcp", "interval", "timeout", "failureThreshold", "state", "reason", "leases", "service", "id"];

    private readonly Random _random = new(seed);

    public (string Method, string Path, List<(string Name, string Value)> Headers, byte[]? Body, bool Chunked) Next()
    {
        var (method, path) = Pick(Routes);
        path = Fill(path, 9);
        var query = new StringBuilder();
        for (var i = _random.Next(4); i > 0; i--)
            query.Append(query.Length == 0 ? '?' : Pick("&&&?;")).Append(Escape(Fill(Pick(Parameters)))).Append(Chance(9) ? "=" : "").Append(Escape(Fill(Pick(Values))));
        // A drain without a timeout would wait its 30 s for watchers this test leaves behind.
        if (path.Contains("drain", StringComparison.OrdinalIgnoreCase))
            query.Clear().Append("?timeout=").Append(Escape(Pick(["0s", "10ms", "11m", "x", "", "-1s", "1d"])));
        var headers = new List<(string, string)>();
        for (var i = _random.Next(3); i > 0; i--)
            headers.Add((Pick(Headers), Fill(Pick(HeaderValues))));
        var body = method == "GET" && Chance(9) ? null : Chance(9) ? Body(path) : null;
        return (Chance(1) ? Pick(Methods) : method, path + query, headers, body, Chance(2));
    }

    private string Fill(string path, int rightOfTen) => path
        .Replace("{s}", Chance(rightOfTen) ? Pick(["orders", "stock"]) : Escape(Text()), StringComparison.Ordinal)
        .Replace("{i}", Chance(rightOfTen) ? Pick(["o-1", "o-2", "o-3.a"]) : Escape(Text()), StringComparison.Ordinal);

    private byte[] Body(string path) => _random.Next(7) switch
    {
        0 => RandomBytes(_random.Next(200)),
        1 => Encoding.UTF8.GetBytes(Value(0)),
        2 => Encoding.UTF8.GetBytes(Nested(_random.Next(1, 3000))),
        3 when Chance(2) => Encoding.UTF8.GetBytes(Fitting(path).PadRight(_random.Next(65_000, 80_000))),
        4 => Encoding.UTF8.GetBytes(Fitting(path)),
        _ => Mutate(Encoding.UTF8.GetBytes(Fitting(path))),
    };

    private string Fitting(string path) =>
        Chance(1) ? Pick(Bodies)
        : path.EndsWith("/renew", StringComparison.Ordinal) ? Bodies[4]
        : path.EndsWith("/status", StringComparison.Ordinal) ? Pick(Bodies[2..4])
        : Pick(Bodies[..2]);

    private byte[] Mutate(byte[] valid)
    {
        var bytes = valid.ToList();
        for (var i = _random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Scalar()));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, _random.Next(12)));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, _random.Next(40))));
                    break;
            }
        }

        return [.. bytes];
    }

    private string Value(int depth) => depth > 5 ? Scalar() : _random.Next(4) switch
    {
        0 => "[" + string.Join(',', Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth + 1))) + "]",
        1 or 2 => "{" + string.Join(',', Enumerable.Range(0, _random.Next(6)).Select(_ => $"\"{Pick(Fields)}\":{Value(depth + 1)}")) + "}",
        _ => Scalar(),
    };

    private string Scalar() => Pick(
    [
        "null", "true", "false", "0", "-0", "1", "65536", "8080.5", "1e999", "-1e-999", "999999999999999999999999", "\"\"", "\"10.0.0.5\"", "\"http://127.0.0.1:1/\"", "\"10s\"", "\"1h\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\u202e\"", "\"" + new string('x', 300) + "\"", "\"a\\\"b\"", "{}", "[]", "NaN", "'x'", "0x10", "01",
    ]);

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"metadata\":[", depth)) + string.Concat(Enumerable.Repeat("]}", depth));

    private string Fill(string template) => template.Replace("{g}", Text(), StringComparison.Ordinal);

    private string Text() => _random.Next(6) switch
    {
        0 => new string('a', _random.Next(60, 70)),
        1 => new string((char)_random.Next(1, 0x3000), _random.Next(1, 5)),
        2 => Pick([".", "..", "%", "a/b", "a\\b", "-a", "A", "a b", "a%b", "ü", "\u001b[2J", "\r\nX: y", "o-1 ", "\uFFFF", "日本", "a..b", "a.", "con", "*", "?"]),
        3 => new string('x', _random.Next(100, 3000)),
        4 => _random.Next().ToString(CultureInfo.InvariantCulture),
        _ => Encoding.Latin1.GetString(RandomBytes(_random.Next(1, 8))),
    };

    // Mostly as it should be; sometimes bytes that are no UTF-8, or a percent sign that escapes nothing.
    private string Escape(string text)
    {
        if (Chance(1))
            return string.Concat(RandomBytes(3).Select(static b => $"%{b:X2}"));
        var escaped = Uri.EscapeDataString(text);
        return Chance(1) ? escaped.Replace("%2", "%", StringComparison.Ordinal) : escaped;
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private bool Chance(int ofTen) => _random.Next(10) < ofTen;

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private char Pick(string from) => from[_random.Next(from.Length)];
}
