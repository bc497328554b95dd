namespace Rollcall.Registration.Hosting;

/// <summary>Where this application listens.</summary>
public interface IListeningAddresses
{
    /// <summary>
    /// The URLs it listens on, with the ports really bound, such as <c>http://127.0.0.1:5000</c>, <c>https://[::]:5001</c> or
    /// <c>http://*:8080</c>. Asked once the application has started.
    /// </summary>
    IReadOnlyCollection<string> Urls { get; }
}

/// <summary>For an application that listens nowhere by itself, or is told its ports.</summary>
internal sealed class NoListeningAddresses : IListeningAddresses
{
    public IReadOnlyCollection<string> Urls => [];
}
