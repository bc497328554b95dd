using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rollcall.Registration.Hosting;

namespace Rollcall.AspNetCore;

/// <summary>Where the application's server listens; a port of 0 has become a real one by the time this is asked.</summary>
internal sealed class ServerListeningAddresses(IServer server) : IListeningAddresses
{
    public IReadOnlyCollection<string> Urls => [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
}
