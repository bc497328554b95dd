using Rollcall.Node.Problems;
using Rollcall.Registry;

namespace Rollcall.Node.Requests;

/// <summary>Collects what is wrong with the parameters of one query.</summary>
internal sealed class QueryErrors
{
    private readonly List<string> _seen = new(4);
    private List<FieldError>? _errors;

    /// <summary>Notes that a parameter is wrong.</summary>
    public void Add(string parameter, string message) => (_errors ??= []).Add(new FieldError(parameter, message));

    /// <summary>Always true; a parameter that comes twice is noted as wrong.</summary>
    public bool First(string parameter)
    {
        if (_seen.Contains(parameter, StringComparer.Ordinal))
            Add(parameter, "occurs twice");
        else
            _seen.Add(parameter);
        return true;
    }

    /// <summary>The problem; null when nothing is wrong.</summary>
    public Problem? ToProblem() => _errors is null ? null : Problem.Invalid(_errors);
}
