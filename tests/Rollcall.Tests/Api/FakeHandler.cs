using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Rollcall.Tests.Api;

/// <summary>Answers every request with what the test says, and remembers what was asked.</summary>
internal sealed class FakeHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public FakeHandler(HttpStatusCode status, string body, string mediaType = "application/json")
        : this((_, _) => Task.FromResult(Response(status, body, mediaType)))
    {
    }

    public FakeHandler(Exception error)
        : this((_, _) => Task.FromException<HttpResponseMessage>(error))
    {
    }

    /// <summary>Method, path and query of each request.</summary>
    public List<string> Asked { get; } = [];

    public List<string?> Bodies { get; } = [];

    public HttpRequestHeaders? Headers { get; private set; }

    public static HttpResponseMessage Response(HttpStatusCode status, string body, string mediaType = "application/json") =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, mediaType) };

    public HttpClient Client() => new(this) { BaseAddress = new Uri("http://node:7655/"), Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        Bodies.Add(request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken));
        Headers = request.Headers;
        return await answer(request, cancellationToken);
    }
}
