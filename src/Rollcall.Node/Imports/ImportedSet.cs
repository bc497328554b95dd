using System.Collections.Immutable;
using System.Text;
using Rollcall.Registry;

namespace Rollcall.Node.Imports;

/// <summary>What a source says, as the registry can take it.</summary>
/// <param name="Instances">Those that meet its rules, in order of id.</param>
/// <param name="Rejected">Those that do not, each with the reason.</param>
/// <param name="Sources">The endpoints that instances were made of, by their id there.</param>
internal sealed record ImportedSet(ImmutableArray<ImportedInstance> Instances, ImmutableArray<string> Rejected, IReadOnlyDictionary<string, (Endpoint Endpoint, ImportedInstance Instance)> Sources)
{
    /// <summary>Nothing was said yet.</summary>
    public static readonly ImportedSet None = new([], [], new Dictionary<string, (Endpoint, ImportedInstance)>(StringComparer.Ordinal));

    private const string NotReady = "its source says that it is not ready";
    private const int ShownRejections = 10;

    /// <summary>Makes it of a snapshot; of an endpoint that is as it was before comes the very instance of before. What an endpoint has that no registration may have is left out where it is not essential; else the endpoint is.</summary>
    public static ImportedSet Of(ImportOptions options, EndpointSet set, ImportedSet before, string origin)
    {
        var instances = ImmutableArray.CreateBuilder<ImportedInstance>(set.Endpoints.Length);
        var rejected = ImmutableArray.CreateBuilder<string>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var sources = new Dictionary<string, (Endpoint, ImportedInstance)>(set.Endpoints.Length, StringComparer.Ordinal);
        foreach (var endpoint in set.Endpoints)
        {
            if (before.Sources.TryGetValue(endpoint.Id, out var known) && known.Endpoint.Equals(endpoint) && known.Instance.Origin == origin && ids.Add(known.Instance.Key.Id))
            {
                instances.Add(known.Instance);
                sources[endpoint.Id] = known;
                continue;
            }

            var registration = new InstanceRegistration
            {
                Service = options.Service,
                Id = IdOf(endpoint.Id),
                Address = endpoint.Host,
                Ports = endpoint.Ports,
                Weight = endpoint.Weight,
                Zone = endpoint.Zone is { } zone && NameRules.IsLabel(zone) ? zone : null,
                Node = endpoint.Node,
                Metadata = endpoint.Metadata,
            };
            var errors = RegistrationValidator.Validate(registration);
            if (errors.Count > 0)
                Reject(endpoint, string.Join("; ", errors.Select(static error => $"{error.Field} {error.Message}")));
            else if (!ids.Add(registration.Id))
                Reject(endpoint, $"another one has the id {registration.Id} already");
            else
                Add(endpoint, new(registration, origin, endpoint.State, endpoint.State is EndpointState.Ready ? endpoint.Reason : endpoint.Reason ?? NotReady, endpoint.Since));
        }

        return new(instances.ToImmutable(), rejected.ToImmutable(), sources);

        void Add(Endpoint endpoint, ImportedInstance instance)
        {
            instances.Add(instance);
            sources[endpoint.Id] = (endpoint, instance);
        }

        void Reject(Endpoint endpoint, string why)
        {
            if (rejected.Count < ShownRejections)
                rejected.Add($"{endpoint.Id}: {why}");
        }
    }

    /// <summary>
    /// The id of an endpoint as an instance may have it. One that may not stays recognisable and gets the hash of the original (the lower half of XXH64), so that it is stable and different ones stay
    /// different; <c>host:port</c> becomes <c>host-port</c> without one.
    /// </summary>
    internal static string IdOf(string id)
    {
        const int HashLength = 9;
        var joined = id.Replace(':', '-');
        if (NameRules.IsId(joined))
            return joined;
        var text = new StringBuilder(id.Length);
        foreach (var character in id.ToLowerInvariant())
        {
            var isAllowed = char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character);
            if (isAllowed || (text.Length > 0 && text[^1] != '-'))
                text.Append(isAllowed ? character : '-');
        }

        text.Length = Math.Min(text.Length, NameRules.MaxLabelLength - HashLength);
        var start = text.ToString().Trim('-');
        var hash = unchecked((uint)PickContext.ForKey(id).Key).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        return start.Length == 0 ? hash : $"{start}-{hash}";
    }
}
