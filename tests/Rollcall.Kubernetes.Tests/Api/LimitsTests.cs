using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Clusters;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;
using Rollcall.TestKit;

namespace Rollcall.Kubernetes.Tests.Api;

/// <summary>How much of a server's answers is taken. A bare server stands in for the double, which keeps to sizes the API allows.</summary>
public sealed class LimitsTests : IAsyncLifetime
{
    private WebApplication? _app;
    private RequestDelegate _answer = static _ => Task.CompletedTask;

    [Fact]
    public async Task An_event_may_be_as_long_as_allowed_and_no_longer()
    {
        const string Head = """{"type":"ADDED","object":{"metadata":{"name":"a","x":""";
        const string Tail = "\"}}}";
        var room = ApiClient.MaxEventBytes - Head.Length - Tail.Length - 1;
        _answer = async context =>
        {
            await WriteAsync(context, Head + "\"" + new string('x', room) + Tail + "\n");
            await WriteAsync(context, Head + "\"" + new string('x', room + 1) + Tail + "\n");
        };
        using var client = Client();
        using var watch = await client.WatchAsync(Request("watch"), PodObject.Read, new StringCache(), CancellationToken.None);

        Assert.Equal("a", (await watch.NextAsync(TimeSpan.FromSeconds(20), CancellationToken.None))!.Value.Object!.Name);
        var error = await Assert.ThrowsAsync<ApiException>(() => watch.NextAsync(TimeSpan.FromSeconds(20), CancellationToken.None).AsTask());
        Assert.Contains("4,194,304 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_may_be_as_large_as_allowed_and_no_larger()
    {
        const string List = """{"metadata":{"resourceVersion":"1"},"items":[]}""";
        var length = ApiClient.MaxPageBytes;
        _answer = async context =>
        {
            context.Response.ContentLength = length;
            await WriteAsync(context, List);
            for (var left = length - List.Length; left > 0; left -= 1 << 20)
                await WriteAsync(context, new string(' ', Math.Min(left, 1 << 20)));
        };
        using var client = Client();
        Assert.Equal("1", (await client.ListAsync(Request("list"), PodObject.Read, new StringCache(), CancellationToken.None)).Version);
        length++;
        var error = await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(Request("list"), PodObject.Read, new StringCache(), CancellationToken.None));
        Assert.Contains("67,108,864 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_any_length_is_read_so_far_and_its_text_is_cut()
    {
        var message = new string('x', 2_000);
        _answer = async context =>
        {
            context.Response.StatusCode = 500;
            await WriteAsync(context, $$"""{"message":"{{message}}"}""");
        };
        using var client = Client();
        var error = await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(Request("list"), PodObject.Read, new StringCache(), CancellationToken.None));
        Assert.Contains(new string('x', 500) + "…", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 501), error.Message, StringComparison.Ordinal);

        message = new string('x', ApiClient.MaxStatusBytes);
        error = await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(Request("list"), PodObject.Read, new StringCache(), CancellationToken.None));
        Assert.Equal(HttpStatusCode.InternalServerError, error.Status);
        Assert.DoesNotContain("xx", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "")]
    [InlineData("""{"message":"slow down","code":429,"details":{"retryAfterSeconds":7}}""", "7")]
    public async Task Retry_After_is_read_from_the_status_else_from_the_header(string body, string expected)
    {
        _answer = async context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "3";
            await WriteAsync(context, body);
        };
        using var client = Client();
        var error = await Assert.ThrowsAsync<ApiException>(() => client.ListAsync(Request("list"), PodObject.Read, new StringCache(), CancellationToken.None));
        Assert.Equal(expected.Length == 0 ? 3 : 7, error.RetryAfter!.Value.TotalSeconds);
    }

    [Theory]
    [InlineData("", "goes on after 4 empty pages")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"1"}}""", "names the same next page twice")]
    public async Task A_list_whose_pages_have_no_end_is_refused(string item, string expected)
    {
        var pages = 0;
        _answer = async context => await WriteAsync(
            context, $$$"""{"metadata":{"resourceVersion":"1","continue":"{{{(item.Length == 0 ? Interlocked.Increment(ref pages) : 1)}}}"},"items":[{{{item}}}]}""");
        using var client = Client();
        var context = new ReflectorContext(
            client, "bare", new KubernetesSourceOptions(), TimeProvider.System, static () => new Random(1), NullLogger.Instance, new ReflectorMetrics(null));
        await using var reflector = new Reflector<PodObject>(context, ResourceKinds.Pods, "shop");
        using var follower = reflector.Store.Follow("", static () => { });
        reflector.Start();

        DiscoveryException? error = null;
        await Eventually.True(() => (error = Record.Exception(() => follower.TryTake([])) as DiscoveryException) is not null);

        Assert.Contains(expected, error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, reflector.Store.Count);
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context => _answer(context));
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    private static ApiRequest Request(string verb) => new(verb, "", "pods", "shop", "api/v1/namespaces/shop/pods");

    private static async Task WriteAsync(HttpContext context, string text) => await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));

    private ApiClient Client() => new(() => new ClusterSettings { Name = "bare", Server = new Uri(_app!.Urls.Single()) }, TimeSpan.FromSeconds(30), TimeProvider.System);
}
