using System.Net;
using System.Text;

namespace Rollcall.Cli.Tests;

/// <summary>Answers as a node would, from a list of prepared answers; anything else is a problem of the kind no-such-route.</summary>
internal sealed class FakeNode : HttpMessageHandler
{
    private readonly Dictionary<string, (HttpStatusCode Status, string Body)> _answers = new(StringComparer.Ordinal);

    /// <summary>Method, path and query of every request, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The owner secret of the last request.</summary>
    public string? Owner { get; private set; }

    public FakeNode On(string request, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        _answers[request] = (status, body);
        return this;
    }

    public FakeNode Refuse(string request, HttpStatusCode status, string type, string detail) => On(
        request,
        $$"""{"type":"urn:rollcall:problem:{{type}}","title":"t","status":{{(int)status}},"detail":"{{detail}}"}""",
        status);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var line = $"{request.Method} {request.RequestUri!.PathAndQuery}";
        Requests.Add(line);
        Owner = request.Headers.TryGetValues("Rollcall-Owner", out var values) ? values.Single() : null;
        var (status, body) = _answers.TryGetValue(line, out var answer)
            ? answer
            : (HttpStatusCode.NotFound, """{"type":"urn:rollcall:problem:no-such-route","status":404,"detail":"No such route."}""");
        return Task.FromResult(new HttpResponseMessage(status)
        {
            Content = new StringContent(body, Encoding.UTF8, (int)status < 400 ? "application/json" : "application/problem+json"),
        });
    }
}
