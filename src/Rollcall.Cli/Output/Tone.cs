namespace Rollcall.Cli.Output;

/// <summary>What a piece of text means to the eye; a colour only where colours are wanted.</summary>
internal enum Tone
{
    Plain = 0,
    Good = 1,
    Warning = 2,
    Bad = 3,
    Faint = 4,
}
