using System.Collections.Immutable;
using Rollcall.Api;

namespace Rollcall.Balancing;

/// <summary>Runs filters one by one and writes down what each does.</summary>
internal sealed class ExplanationSteps : IFilterListener
{
    private readonly List<FilterStepDocument> _steps = [];
    private List<RemovedDocument> _removed = [];
    private List<string> _notes = [];

    public IReadOnlyList<FilterStepDocument> Steps => _steps;

    public ImmutableArray<BalancedEndpoint> Apply(IEndpointFilter filter, ImmutableArray<BalancedEndpoint> endpoints, FilterContext context)
    {
        (_removed, _notes) = ([], []);
        var left = filter.Apply(endpoints, context);
        _steps.Add(new FilterStepDocument
        {
            Filter = filter.Name,
            Before = endpoints.Length,
            After = left.Length,
            Removed = _removed.Count == 0 ? null : _removed,
            Notes = _notes.Count == 0 ? null : _notes,
        });
        return left;
    }

    void IFilterListener.Excluded(IEndpointFilter filter, BalancedEndpoint endpoint, string reason) => _removed.Add(new RemovedDocument(endpoint.Endpoint.Id, reason));

    void IFilterListener.Noted(IEndpointFilter filter, string note) => _notes.Add(note);
}
