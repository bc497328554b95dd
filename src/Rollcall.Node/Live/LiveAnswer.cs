using System.Collections.Immutable;
using Rollcall.Api;

namespace Rollcall.Node.Live;

/// <summary>An instance as it is shown, and its JSON.</summary>
internal sealed record LiveInstance(LiveInstanceDocument Document, ReadOnlyMemory<byte> Json);

/// <summary>What makes one version of a document of the one before: what to send to who has that.</summary>
/// <param name="From">The version before.</param>
/// <param name="To">The version it becomes.</param>
/// <param name="Json">The document with only those instances that changed, each with its place, and the ids of those that are gone.</param>
internal sealed record LiveStep(string From, string To, ReadOnlyMemory<byte> Json);

/// <summary>A document, its bytes, and what tells it from others. Immutable.</summary>
internal sealed class LiveAnswer
{
    private const int MaxSteps = 16;

    private readonly byte[] _envelope;
    private readonly ImmutableArray<LiveInstance> _instances;
    private readonly ImmutableArray<LiveStep> _steps;
    private readonly Lazy<byte[]> _bytes;

    private LiveAnswer(LiveInstancesDocument document, byte[] envelope, ImmutableArray<LiveInstance> instances, string version, ImmutableArray<LiveStep> steps)
    {
        (Document, Version, _envelope, _instances, _steps) = (document, version, envelope, instances, steps);
        _bytes = new Lazy<byte[]>(() => LiveJson.Whole(_envelope, _instances));
    }

    public LiveInstancesDocument Document { get; }

    /// <summary>Differs whenever the document does, over restarts of the node, too.</summary>
    public string Version { get; }

    /// <summary>The document as JSON; put together when somebody wants all of it.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.Value;

    /// <summary>The first version of a document.</summary>
    public static LiveAnswer First(LiveInstancesDocument document, ImmutableArray<LiveInstance> instances, string version) =>
        new(document, LiveJson.Envelope(document), instances, version, []);

    /// <summary>The version that follows this one; this one itself when nothing that is shown has changed.</summary>
    public LiveAnswer Next(LiveInstancesDocument document, ImmutableArray<LiveInstance> instances, Func<string> version)
    {
        var envelope = LiveJson.Envelope(document);
        var change = LiveChange.Between(_instances, instances);
        if (change.IsNone && envelope.AsSpan().SequenceEqual(_envelope))
            return this;
        var to = version();
        var step = new LiveStep(Version, to, LiveJson.Step(envelope, change, Version));
        return new LiveAnswer(document, envelope, instances, to, Shorten(_steps.Add(step), LiveJson.Length(envelope, instances)));
    }

    /// <summary>The steps from a version to this one, oldest first; none when that is not known any more, or when the whole is shorter.</summary>
    public ImmutableArray<LiveStep> StepsSince(string version)
    {
        for (var i = _steps.Length - 1; i >= 0; i--)
        {
            if (_steps[i].From == version)
                return i == 0 ? _steps : _steps[i..];
        }

        return [];
    }

    // Who is so far behind that the steps are as long as the whole is sent the whole.
    private static ImmutableArray<LiveStep> Shorten(ImmutableArray<LiveStep> steps, int whole)
    {
        var (first, length) = (steps.Length, 0);
        while (first > 0 && steps.Length - first < MaxSteps && (length += steps[first - 1].Json.Length) < whole)
            first--;
        return first == 0 ? steps : steps[first..];
    }
}
