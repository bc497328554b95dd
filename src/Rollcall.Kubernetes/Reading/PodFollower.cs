using Microsoft.Extensions.Logging;
using Rollcall.Kubernetes.Mapping;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;

namespace Rollcall.Kubernetes.Reading;

/// <summary>What pods add to the endpoints of a target. An extra: when pods cannot be read, endpoints come without.</summary>
internal sealed partial class PodFollower : IAsyncDisposable
{
    // Endpoints are worth more than what pods know of them.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ReflectorLease<PodObject> _lease;
    private readonly Follower<PodObject> _pods;
    private readonly IReadOnlyCollection<string> _labels;
    private readonly ServiceTarget _target;
    private readonly ILogger _logger;
    private readonly Dictionary<string, PodDetails> _details = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, PodObject?>> _changes = [];
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private ITimer? _timer;
    private bool _isOverdue;
    private bool _isRead;
    private bool _hasFailed;

    public PodFollower(ReflectorLease<PodObject> lease, IReadOnlyCollection<string> labels, ServiceTarget target, ILogger logger, TimeProvider time, Action wake)
    {
        _lease = lease;
        _labels = labels;
        _target = target;
        _logger = logger;
        _time = time;
        _wake = wake;
        _pods = lease.Store.Follow("", wake);
    }

    /// <summary>True once pods were read, could not be, or have been waited for long enough; the first call begins the wait.</summary>
    public bool IsSettled()
    {
        if (_isRead || Volatile.Read(ref _isOverdue))
            return true;
        _timer ??= _time.CreateTimer(_ => GiveUp(), null, Grace, Timeout.InfiniteTimeSpan);
        return false;
    }

    /// <summary>The endpoint with what its pod knows.</summary>
    public Endpoint AddTo(Endpoint endpoint) => _details.TryGetValue(endpoint.Id, out var details) ? details.AddTo(endpoint) : endpoint;

    /// <summary>Takes what has changed and touches the endpoints concerned.</summary>
    public void Take(MergedList list)
    {
        try
        {
            if (!_pods.TryTake(_changes))
                return;
            _hasFailed = false;
            _isRead = true;
            foreach (var (name, pod) in _changes)
            {
                if (pod is null ? _details.Remove(name) : Learn(name, PodDetails.Of(pod, _labels)))
                    list.Touch(name);
            }

            _changes.Clear();
        }
        catch (DiscoveryException failure)
        {
            _isRead = true;
            if (!_hasFailed)
                LogWithout(_logger, _target, failure.Message);
            _hasFailed = true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
            await _timer.DisposeAsync();
        _pods.Dispose();
        await _lease.DisposeAsync();
    }

    private void GiveUp()
    {
        Volatile.Write(ref _isOverdue, true);
        _wake();
    }

    private bool Learn(string name, PodDetails details)
    {
        if (_details.TryGetValue(name, out var before) && before == details)
            return false;
        _details[name] = details;
        return true;
    }
}
