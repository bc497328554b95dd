namespace Rollcall.TestKit.Programs;

/// <summary>A line that a program wrote.</summary>
/// <param name="At">When it came, as <see cref="TimeProvider.GetTimestamp"/> has it.</param>
/// <param name="Text">The line.</param>
public readonly record struct ProgramLine(long At, string Text);
