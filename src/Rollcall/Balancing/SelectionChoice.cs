using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>How one of a selection came to be chosen.</summary>
internal enum SelectionChoiceKind
{
    /// <summary>The policy's first choice.</summary>
    First,

    /// <summary>Others were passed over, because they are avoided or were tried.</summary>
    Allowed,

    /// <summary>Everybody is avoided, so that it does not count.</summary>
    Avoided,
}

/// <summary>One of a selection.</summary>
/// <param name="Group">The group it is in; null when there was nobody.</param>
/// <param name="At">Its place among the candidates of the group.</param>
/// <param name="Kind">How it came to be chosen.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SelectionChoice<T>(SelectionGroup<T>? Group, int At, SelectionChoiceKind Kind)
    where T : class, ISelectable;
