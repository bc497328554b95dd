using Microsoft.AspNetCore.Http;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Api;

/// <summary>Answers a request, and returns null; or returns why it is refused, with nothing answered yet.</summary>
internal delegate ValueTask<Problem?> RouteHandler(HttpContext context);
