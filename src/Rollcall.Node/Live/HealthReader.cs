using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Rollcall.Node.Checks;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Live;

/// <summary>
/// What instances with a port <c>health</c> say of themselves at <c>/health</c>: asked only while somebody looks, at most once in <paramref name="age"/> each, by a few at a time. An answer that is slow, long or
/// a redirect costs its timeout and a bounded buffer, and nobody waits for it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="age">For how long an answer is good.</param>
internal sealed class HealthReader(TimeProvider time, TimeSpan age) : BackgroundService
{
    /// <summary>The name of the port.</summary>
    public const string Port = "health";

    private const int Workers = 16;
    private const int MaxWaiting = 10_000;
    private const int MaxBytes = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenTelling = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<InstanceKey, Entry> _entries = new();
    private readonly ConcurrentDictionary<string, bool> _heard = new(StringComparer.Ordinal);
    private readonly Channel<Entry> _due = Channel.CreateBounded<Entry>(MaxWaiting);
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

    /// <summary>What an instance said last; null when nothing is known.</summary>
    public HealthReading? Of(Instance instance) =>
        _entries.TryGetValue(instance.Key, out var entry) && entry.Url == UrlOf(instance) ? entry.Reading : null;

    /// <summary>Has those asked of which nothing is known, or nothing new; nobody is asked twice at the same time.</summary>
    /// <param name="service">The service that somebody looks at.</param>
    /// <param name="now">True to ask although what is known is not old.</param>
    public void Ask(ServiceSnapshot service, bool now = false)
    {
        foreach (var instance in service.Instances)
        {
            if (UrlOf(instance) is not { } url)
                continue;
            var entry = _entries.AddOrUpdate(instance.Key, static (key, url) => new Entry(key, url), static (key, entry, url) => entry.Url == url ? entry : new Entry(key, url), url);
            var timestamp = time.GetTimestamp();
            entry.AskedFor = timestamp;
            if ((now || entry.AskedAt is not { } at || time.GetElapsedTime(at, timestamp) >= age) && entry.TryBegin() && !_due.Writer.TryWrite(entry))
                entry.End();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _http.Dispose();
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
        await foreach (var entry in _due.Reader.ReadAllAsync(cancellationToken))
        {
            var reading = await AskAsync(entry.Url, cancellationToken);
            entry.AskedAt = time.GetTimestamp();
            entry.Reading = reading;
            entry.End();
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

    private async Task<HealthReading> AskAsync(string url, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await _http.SendAsync(request, either.Token);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var length = await body.ReadAtLeastAsync(buffer, MaxBytes + 1, throwOnEndOfStream: false, either.Token);
            return length > MaxBytes
                ? Bad("its answer is longer than 64 KiB")
                : HealthReading.Of(time.GetUtcNow(), (int)response.StatusCode, buffer.AsSpan(0, length));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Bad($"no answer within {DurationText.Format(Timeout)}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UriFormatException)
        {
            return Bad($"it could not be asked: {error.GetBaseException().Message.TrimEnd('.')}");
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

    private sealed class Entry(InstanceKey key, string url)
    {
        private int _isUnderWay;

        public InstanceKey Key { get; } = key;

        public string Url { get; } = url;

        public long AskedFor { get; set; }

        public long? AskedAt { get; set; }

        public HealthReading? Reading { get; set; }

        public bool TryBegin() => Interlocked.Exchange(ref _isUnderWay, 1) == 0;

        public void End() => Volatile.Write(ref _isUnderWay, 0);
    }
}
