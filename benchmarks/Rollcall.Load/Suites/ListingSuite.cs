using System.Text;
using Rollcall.Load.Servers;

namespace Rollcall.Load.Suites;

/// <summary>Listing a service of 100 instances against a range read of the same records.</summary>
internal static class ListingSuite
{
    private const int Instances = 100;

    public static async Task RunAsync(Server ours, Server theirs, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        using (var http = new HttpClient())
        {
            for (var i = 0; i < Instances; i++)
            {
                var record = $$$"""{"address":"10.0.0.{{{i}}}","ports":{"http":8080},"ttl":"1h","zone":"a","metadata":{"version":"v2"}}""";
                await SendAsync(http, HttpMethod.Put, new Uri(ours.Url, $"/api/services/listed/instances/i-{i:000}"), record, cancellationToken);
                var (key, value) = (Encode($"listed/i-{i:000}"), Encode(record));
                await SendAsync(http, HttpMethod.Post, new Uri(theirs.Url, "/v3/kv/put"), $$"""{"key":"{{key}}","value":"{{value}}"}""", cancellationToken);
            }
        }

        var (a, b) = await AlternatingSuite.RunAsync(ours, "rollcall-list.lua", theirs, "etcd-range.lua", options, cancellationToken);
        var (rateA, rateB) = (AlternatingSuite.MedianRate(a), AlternatingSuite.MedianRate(b));
        report.Add($"listing {Instances} instances, {options.Connections} connections", $"{rateA:N0}/s", $"{rateB:N0}/s", $"{rateA / rateB:0.0}×", "≥ 5×", rateA / rateB >= 5);
        var (p99A, p99B) = (AlternatingSuite.MedianP99(a), AlternatingSuite.MedianP99(b));
        report.Add("the same, p99", $"{p99A:0.0} ms", $"{p99B:0.0} ms", $"{p99A / p99B:0.00}×", "none", met: true);
    }

    private static async Task SendAsync(HttpClient http, HttpMethod method, Uri url, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
