using System.Runtime.InteropServices;

namespace Loco.Demo;

/// <summary>How far a pod is, as endpoints tell it.</summary>
internal enum PodPhase
{
    /// <summary>It is there and not ready.</summary>
    Booting,

    /// <summary>It is ready.</summary>
    Ready,

    /// <summary>It was told to end.</summary>
    Ending,

    /// <summary>It is there no more.</summary>
    Gone,
}

/// <summary>A pod became something, at a timestamp.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PodChange(string Pod, PodPhase Phase, long At);
