namespace Rollcall.Cli;

/// <summary>How a command prints what it found.</summary>
internal enum OutputFormat
{
    /// <summary>Aligned columns.</summary>
    Table = 0,

    /// <summary>Aligned columns, with those that are seldom needed.</summary>
    Wide = 1,

    /// <summary>The API's own documents.</summary>
    Json = 2,
}
