using Rollcall.Kubernetes.Api;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>How far a list has come, page by page: a server that is broken or means harm must not be able to make it endless.</summary>
internal sealed class ListProgress
{
    /// <summary>The most objects of a kind in one namespace; the largest clusters have some 150,000 pods in all.</summary>
    public const int MaxObjects = 200_000;

    /// <summary>The most bytes all pages may have together: the largest number of pods, each far larger than most.</summary>
    public const long MaxBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>So many pages in a row may be empty and yet name a next one.</summary>
    public const int MaxEmptyPages = 3;

    private readonly HashSet<int> _tokens = [];
    private int _objects;
    private long _bytes;
    private int _emptyPages;

    /// <summary>A page has come.</summary>
    /// <param name="request">What asked for it.</param>
    /// <param name="objects">How many are on it.</param>
    /// <param name="bytes">How long it is.</param>
    /// <param name="next">What asks for the next page; null on the last.</param>
    /// <exception cref="ApiException">The list goes further than any should.</exception>
    public void Add(ApiRequest request, int objects, long bytes, string? next)
    {
        _objects += objects;
        _bytes += bytes;
        _emptyPages = objects == 0 ? _emptyPages + 1 : 0;
        if (_objects > MaxObjects)
            throw Refused(request, $"has more than {MaxObjects:N0} objects");
        if (_bytes > MaxBytes)
            throw Refused(request, $"is larger than {MaxBytes:N0} bytes");
        if (next is null)
            return;
        if (_emptyPages > MaxEmptyPages)
            throw Refused(request, $"goes on after {_emptyPages} empty pages");
        // A hash will do: there are few enough pages, and a server that is right never names one twice.
        if (!_tokens.Add(string.GetHashCode(next, StringComparison.Ordinal)))
            throw Refused(request, "names the same next page twice");
    }

    private static ApiException Refused(ApiRequest request, string what) => new(
        $"Cannot {request}: the list {what}. Is this the address of a Kubernetes API? If there really is so much, spread it over several namespaces.");
}
