using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Node.Checks;
using Rollcall.Registry;

namespace Rollcall.Node.Live;

/// <summary>
/// What instances with a port <c>health</c> say of themselves at <c>/health</c>: asked only while somebody looks, at most once in <paramref name="age"/> each, by a few at a time, and more seldom when they
/// say nothing. An answer that is slow, long, nonsense or a redirect costs its timeout and a bounded buffer, and nobody waits for it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="age">For how long an answer is good.</param>
/// <param name="logger">Where a defect is said.</param>
internal sealed partial class HealthReader(TimeProvider time, TimeSpan age, ILogger<HealthReader> logger) : BackgroundService
{
    /// <summary>The name of the port.</summary>
    public const string Port = "health";

    private const int Workers = 16;
    private const int MaxWaiting = 10_000;
    private const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenTelling = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<InstanceKey, HealthEntry> _entries = new();
    private readonly ConcurrentDictionary<string, bool> _heard = new(StringComparer.Ordinal);
    private readonly HealthQueue _due = new(MaxWaiting);

    // Asked again no sooner than in seconds: many open connections would cost more than new ones.
    private readonly HttpMessageInvoker _http = new(InstanceHandler.New(keep: TimeSpan.FromSeconds(1)));

    private Action<string>? _changed;

    /// <summary>Called with the service soon after something new was heard; must be quick and not throw. To be set before the start.</summary>
    public Action<string> Changed
    {
        set => _changed = value;
    }

    /// <summary>Where an instance is asked; null when it has no port for that.</summary>
    public static string? UrlOf(Instance instance) => instance.Registration.Ports.TryGetValue(Port, out var port)
        ? string.Create(CultureInfo.InvariantCulture, $"http://{HostOf(instance.Registration.Address)}:{port}/health")
        : null;

    /// <summary>An address as it stands in a URL.</summary>
    public static string HostOf(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    /// <summary>What an instance said last; null when nothing is known, or nothing that still counts.</summary>
    public HealthReading? Of(Instance instance) =>
        _entries.TryGetValue(instance.Key, out var entry) && entry.Url == UrlOf(instance) ? entry.Reading : null;

    /// <summary>Has those asked of which nothing is known, or nothing new; nobody is asked twice at the same time.</summary>
    /// <param name="instances">Those that somebody looks at.</param>
    /// <param name="now">True to ask although what is known is not old.</param>
    /// <returns>True when something that was known is so old that it does not count any more.</returns>
    public bool Ask(ImmutableArray<Instance> instances, bool now = false)
    {
        var forgot = false;
        foreach (var instance in instances)
        {
            if (UrlOf(instance) is not { } url)
                continue;
            var entry = _entries.AddOrUpdate(instance.Key, static (key, url) => new HealthEntry(key, url), static (key, entry, url) => entry.Url == url ? entry : new HealthEntry(key, url), url);
            var timestamp = time.GetTimestamp();
            entry.AskedFor = timestamp;
            var known = entry.AskedAt is { } at ? time.GetElapsedTime(at, timestamp) : TimeSpan.MaxValue;
            var due = entry.Due(age);
            if (entry.Reading is not null && known > (2 * due) + Timeout)
            {
                // Nobody has looked for a while: what it said then is not what it is now.
                entry.Reading = null;
                forgot = true;
            }

            if ((now || known >= due) && entry.TryBegin() && !_due.TryAdd(entry))
                entry.End();
        }

        return forgot;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _http.Dispose();
        _due.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll([.. Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)), TellAsync(stoppingToken), ForgetAsync(stoppingToken)]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var entry = await _due.TakeAsync(cancellationToken);
            var (reading, answered) = await AskAsync(entry, cancellationToken);
            entry.End(reading, answered, time.GetTimestamp());
            _heard[entry.Key.Service] = true;
        }
    }

    // Many instances answer one after the other; who shows them need not hear of each.
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenTelling, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var (service, _) in _heard)
            {
                if (_heard.TryRemove(service, out _))
                    _changed?.Invoke(service);
            }
        }
    }

    private async Task<(HealthReading Reading, bool Answered)> AskAsync(HealthEntry entry, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, entry.Url);
            using var response = await _http.SendAsync(request, either.Token);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var length = await body.ReadAtLeastAsync(buffer.AsMemory(0, MaxBytes + 1), MaxBytes + 1, throwOnEndOfStream: false, either.Token);
            return length > MaxBytes
                ? (Bad("its answer is longer than 64 KiB"), true)
                : (HealthReading.Of(time.GetUtcNow(), (int)response.StatusCode, buffer.AsSpan(0, length)), true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (Bad($"no answer within {DurationText.Format(Timeout)}"), false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UriFormatException)
        {
            return (Bad($"it could not be asked: {error.GetBaseException().Message.TrimEnd('.')}"), false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, one instance must not keep the others from being asked.
            LogFailed(logger, entry.Key.ToString(), entry.Url, error);
            return (Bad("it could not be asked: a defect of the node, see its log"), false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private HealthReading Bad(string problem) => new(time.GetUtcNow(), problem, null, null);

    // Of those that nobody has looked at for a while nothing is kept.
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ForgetAfter, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var pair in _entries)
            {
                if (time.GetElapsedTime(pair.Value.AskedFor) > ForgetAfter)
                    _entries.TryRemove(pair);
            }
        }
    }
}
