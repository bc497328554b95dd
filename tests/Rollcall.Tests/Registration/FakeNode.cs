using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rollcall.Api;
using Rollcall.TestKit.Network;

namespace Rollcall.Tests.Registration;

/// <summary>
/// A node that speaks the write half of docs/http-api.md over a real socket, keeps instances in memory without ever expiring one, and
/// does what a test asks: be killed and come back on the same port, forget everything, hold drains back.
/// </summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Registered> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _log = new();

    // It outlives the node, so that it can come back on it.
    private readonly ReservedPort _port = new();
    private WebApplication? _app;
    private long _revision;

    public int Port => _port.Number;

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Method and path of every request, oldest first.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    /// <summary>A drain is answered as complete only once this has completed.</summary>
    public TaskCompletionSource DrainsMayComplete { get; set; } = Completed();

    /// <summary>Runs when a drain has been asked for, before it is answered.</summary>
    public Func<Task> OnDrain { get; set; } = static () => Task.CompletedTask;

    public static async Task<FakeNode> StartAsync()
    {
        var node = new FakeNode();
        await node.ComeBackAsync();
        return node;
    }

    public Registered? Find(string key) => _instances.GetValueOrDefault(key);

    public IReadOnlyList<string> Keys => [.. _instances.Keys.Order(StringComparer.Ordinal)];

    public int Count(string request) => _log.Count(item => string.Equals(item, request, StringComparison.Ordinal));

    public void ForgetEverything() => _instances.Clear();

    public void Put(string key, string owner) => _instances[key] = new Registered(new RegistrationDocument(), owner, "ready", null);

    public async Task DieAsync()
    {
        if (_app is not { } app)
            return;
        _app = null;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url);
        var app = builder.Build();
        app.Use((context, next) =>
        {
            _log.Enqueue($"{context.Request.Method} {context.Request.Path}");
            return next(context);
        });
        const string instance = "/api/services/{service}/instances/{id}";
        app.MapPut(instance, RegisterAsync);
        app.MapDelete(instance, (string service, string id, HttpRequest request) => Change(service, id, request, key =>
        {
            _instances.TryRemove(key, out _);
            return Task.FromResult(Written(service, id));
        }));
        app.MapPut(instance + "/status", (string service, string id, HttpRequest request) => Change(service, id, request, async key =>
        {
            var status = await request.ReadFromJsonAsync(ApiJson.Default.StatusDocument);
            _instances[key] = _instances[key] with { State = status!.State!, Reason = status.Reason };
            return Written(service, id);
        }));
        app.MapPost(instance + "/drain", (string service, string id, string timeout, HttpRequest request) => Change(service, id, request, key => DrainAsync(service, id, key, timeout)));
        app.MapPost("/api/renew", RenewAsync);
        await app.StartAsync();
        _app = app;
    }

    public async ValueTask DisposeAsync()
    {
        await DieAsync();
        _port.Dispose();
    }

    private async Task<IResult> RegisterAsync(string service, string id, HttpRequest request)
    {
        var document = await request.ReadFromJsonAsync(ApiJson.Default.RegistrationDocument);
        var key = $"{service}/{id}";
        if (_instances.TryGetValue(key, out var old) && old.Owner != Owner(request))
            return Problem(403, "not-owner");
        _instances[key] = new Registered(document!, Owner(request), "ready", null);
        var ttl = Duration(document!.Ttl ?? "10s");
        return Results.Json(
            new WriteDocument
            {
                Service = service, Id = id, Revision = Interlocked.Increment(ref _revision),
                Lease = new LeaseDocument { Ttl = DurationText.Format(ttl), RenewEvery = DurationText.Format(ttl / 3) },
            },
            ApiJson.Default.WriteDocument,
            statusCode: old is null ? 201 : 200);
    }

    private async Task<IResult> RenewAsync(HttpRequest request)
    {
        var asked = await request.ReadFromJsonAsync(ApiJson.Default.RenewRequestDocument);
        return Results.Json(
            new RenewResponseDocument
            {
                Results = [.. asked!.Leases!.Select(lease => new RenewResultDocument(
                    lease.Service!,
                    lease.Id!,
                    !_instances.TryGetValue($"{lease.Service}/{lease.Id}", out var found) ? "unknown" : found.Owner == Owner(request) ? "renewed" : "forbidden"))],
            },
            ApiJson.Default.RenewResponseDocument);
    }

    private async Task<IResult> DrainAsync(string service, string id, string key, string timeout)
    {
        _instances[key] = _instances[key] with { State = "draining" };
        await OnDrain();
        var complete = await Task.WhenAny(DrainsMayComplete.Task, Task.Delay(Duration(timeout), TimeProvider.System)) == DrainsMayComplete.Task;
        WatcherDocument[] waiting = complete ? [] : [new() { Id = "stuck", Kind = "poll", Applied = 1, Since = default, LastSeen = default }];
        return Results.Json(
            new DrainDocument { Service = service, Id = id, Revision = _revision, Complete = complete, Elapsed = "1ms", Watchers = 1, Waiting = waiting },
            ApiJson.Default.DrainDocument);
    }

    private async Task<IResult> Change(string service, string id, HttpRequest request, Func<string, Task<IResult>> change)
    {
        var key = $"{service}/{id}";
        if (!_instances.TryGetValue(key, out var found))
            return Problem(404, "instance-not-found");
        return found.Owner == Owner(request) ? await change(key) : Problem(403, "not-owner");
    }

    private IResult Written(string service, string id) =>
        Results.Json(new WriteDocument { Service = service, Id = id, Revision = Interlocked.Increment(ref _revision) }, ApiJson.Default.WriteDocument);

    private static IResult Problem(int status, string type) => Results.Json(
        new ProblemDocument { Type = ApiNames.ProblemPrefix + type, Status = status, Detail = type }, ApiJson.Default.ProblemDocument, "application/problem+json", status);

    private static string? Owner(HttpRequest request) => request.Headers[ApiNames.OwnerHeader];

    private static TimeSpan Duration(string text) => DurationText.TryParse(text, out var duration) ? duration : throw new FormatException(text);

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }

    internal sealed record Registered(RegistrationDocument Document, string? Owner, string State, string? Reason);
}
