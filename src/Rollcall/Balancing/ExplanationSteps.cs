using Rollcall.Api;

namespace Rollcall.Balancing;

/// <summary>Writes down what each filter of a chain does.</summary>
internal sealed class ExplanationSteps : IFilterListener
{
    private readonly List<FilterStepDocument> _steps = [];
    private List<RemovedDocument> _removed = [];
    private List<string> _notes = [];

    public IReadOnlyList<FilterStepDocument> Steps => _steps;

    void IFilterListener.Excluded(IEndpointFilter filter, BalancedEndpoint endpoint, string reason) => _removed.Add(new RemovedDocument(endpoint.Endpoint.Id, reason));

    void IFilterListener.Noted(IEndpointFilter filter, string note) => _notes.Add(note);

    void IFilterListener.Applied(IEndpointFilter filter, int before, int after)
    {
        _steps.Add(new FilterStepDocument
        {
            Filter = filter.Name,
            Before = before,
            After = after,
            Removed = _removed.Count == 0 ? null : _removed,
            Notes = _notes.Count == 0 ? null : _notes,
        });
        (_removed, _notes) = ([], []);
    }
}
