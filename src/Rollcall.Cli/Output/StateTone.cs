namespace Rollcall.Cli.Output;

/// <summary>The tone of a state.</summary>
internal static class StateTone
{
    public static Tone Of(EndpointState state) => state switch
    {
        EndpointState.Ready => Tone.Good,
        EndpointState.Draining => Tone.Warning,
        EndpointState.NotReady => Tone.Bad,
        _ => Tone.Plain,
    };
}
