using System.ComponentModel.DataAnnotations;

namespace Loco.Viewer;

/// <summary>Section <c>Viewer</c> of the configuration.</summary>
internal sealed class ViewerOptions
{
    /// <summary>Who may look at all emulators together.</summary>
    [Range(1, 10_000)]
    public int MaxViewers { get; set; } = 64;

    /// <summary>Who may look at one of them.</summary>
    [Range(1, 1_000)]
    public int MaxViewersPerEmulator { get; set; } = 8;

    /// <summary>Pages of other sites that may look, such as the dashboard's <c>http://127.0.0.1:7655</c>. A page of this one always may.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>How long a browser may take nothing of what it is sent.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a browser may take to agree to a goodbye.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
