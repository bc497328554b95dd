using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Rollcall.Kubernetes.Mapping;

/// <summary>
/// The endpoints of a target, merged from all objects that speak of it and kept in order of id. A change of one object touches its own endpoints only;
/// the others stay the very objects they were.
/// </summary>
/// <remarks>
/// While the cluster's controller moves endpoints between slices, both name them. Then the copy written later is believed. Of two families the preferred one is taken.
/// </remarks>
/// <param name="finish">Adds what other objects know; runs for each endpoint touched.</param>
internal sealed class MergedList(Func<Endpoint, Endpoint> finish)
{
    private readonly Dictionary<string, IReadOnlyList<EndpointCopy>> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<EndpointCopy>> _copies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private int _preferred;

    /// <summary>In order of id, as of the last <see cref="Commit"/>.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; private set; } = [];

    /// <summary>True when any object names an endpoint.</summary>
    public bool HasAny => _copies.Count > 0;

    /// <summary>The objects that name endpoints.</summary>
    public IReadOnlyCollection<string> Objects => _objects.Keys;

    /// <summary>What an object says now; nothing when it is gone.</summary>
    public void Set(string name, IReadOnlyList<EndpointCopy> copies)
    {
        var hadPreferred = _preferred > 0;
        if (_objects.Remove(name, out var before))
        {
            foreach (var copy in before)
                Remove(copy);
        }

        foreach (var copy in copies)
            Add(copy);
        if (copies.Count > 0)
            _objects.Add(name, copies);
        if (_preferred > 0 != hadPreferred)
            TouchOthersOfTheFamily();
    }

    /// <summary>What other objects know of an endpoint has changed.</summary>
    public void Touch(string id)
    {
        if (_copies.ContainsKey(id))
            _touched.Add(id);
    }

    /// <summary>As <see cref="Touch"/> for every endpoint.</summary>
    public void TouchAll() => _touched.UnionWith(_copies.Keys);

    /// <summary>Makes the new list; false when nothing in it has changed.</summary>
    public bool Commit()
    {
        if (_touched.Count == 0)
            return false;
        var touched = new string[_touched.Count];
        _touched.CopyTo(touched);
        _touched.Clear();
        Array.Sort(touched, string.CompareOrdinal);
        var list = new List<Endpoint>(Endpoints.Length + touched.Length);
        var (at, changed) = (0, false);
        foreach (var id in touched)
        {
            // Everything before the next touched one is as it was.
            while (at < Endpoints.Length && string.CompareOrdinal(Endpoints[at].Id, id) < 0)
                list.Add(Endpoints[at++]);
            var before = at < Endpoints.Length && Endpoints[at].Id == id ? Endpoints[at++] : null;
            var now = Decide(id);
            // An equal one stays the object it was, so that comparing lists further on is a look at references.
            if (now is not null && now == before)
                now = before;
            if (now is not null)
                list.Add(now);
            changed |= !ReferenceEquals(now, before);
        }

        if (!changed)
            return false;
        list.AddRange(Endpoints.AsSpan()[at..]);
        Endpoints = [.. CollectionsMarshal.AsSpan(list)];
        return true;
    }

    private Endpoint? Decide(string id)
    {
        if (!_copies.TryGetValue(id, out var copies))
            return null;
        var best = copies[0];
        foreach (var copy in copies)
        {
            if (IsBetter(copy, best))
                best = copy;
        }

        // An address of the other family that nothing ties to a pod: as a rule the same machine again.
        if (!best.IsPreferred && !best.HasIdentity && _preferred > 0)
            return null;
        return finish(copies.Length == 1 ? best.Endpoint : WithAllPorts(best.Endpoint, copies));
    }

    private static bool IsBetter(EndpointCopy copy, EndpointCopy than)
    {
        if (copy.IsPreferred != than.IsPreferred)
            return copy.IsPreferred;
        if (copy.Age != than.Age)
            return copy.Age > than.Age;
        return copy.Endpoint.State == EndpointState.Ready && than.Endpoint.State != EndpointState.Ready;
    }

    // A service whose ports lead to different container ports may have its endpoints in several lists, one for each set of ports.
    private static Endpoint WithAllPorts(Endpoint best, ImmutableArray<EndpointCopy> copies)
    {
        Dictionary<string, int>? all = null;
        foreach (var copy in copies)
        {
            if (copy.Endpoint.Host != best.Host || copy.Endpoint.Ports.Equals(best.Ports))
                continue;
            all ??= new Dictionary<string, int>(best.Ports, StringComparer.Ordinal);
            foreach (var (name, number) in copy.Endpoint.Ports)
                all.TryAdd(name, number);
        }

        return all is null || all.Count == best.Ports.Count ? best : best with { Ports = new SmallMap<int>(all) };
    }

    private void Add(EndpointCopy copy)
    {
        var id = copy.Endpoint.Id;
        _copies[id] = _copies.TryGetValue(id, out var present) ? present.Add(copy) : [copy];
        _preferred += copy.IsPreferred ? 1 : 0;
        _touched.Add(id);
    }

    private void Remove(EndpointCopy copy)
    {
        var id = copy.Endpoint.Id;
        var left = _copies[id].Remove(copy, ReferenceEqualityComparer.Instance);
        if (left.IsEmpty)
            _copies.Remove(id);
        else
            _copies[id] = left;
        _preferred -= copy.IsPreferred ? 1 : 0;
        _touched.Add(id);
    }

    private void TouchOthersOfTheFamily()
    {
        foreach (var (id, copies) in _copies)
        {
            if (!copies[0].IsPreferred && !copies[0].HasIdentity)
                _touched.Add(id);
        }
    }
}
