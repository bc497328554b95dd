namespace Rollcall.Node.Problems;

/// <summary>The kinds of problem the API answers with: the error table of docs/http-api.md.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Name">What stands behind <c>urn:rollcall:problem:</c>.</param>
/// <param name="Title">The kind in words.</param>
internal sealed record ProblemKind(int Status, string Name, string Title)
{
    public static readonly ProblemKind InvalidRequest = new(400, "invalid-request", "The request breaks a rule");
    public static readonly ProblemKind MalformedJson = new(400, "malformed-json", "The body is not valid JSON");
    public static readonly ProblemKind NotOwner = new(403, "not-owner", "The instance belongs to somebody else");
    public static readonly ProblemKind CrossSite = new(403, "cross-site", "A page of another site may not write");
    public static readonly ProblemKind ServiceNotFound = new(404, "service-not-found", "There is no such service");
    public static readonly ProblemKind InstanceNotFound = new(404, "instance-not-found", "There is no such instance");
    public static readonly ProblemKind NoGateway = new(404, "no-gateway", "The node runs no gateway");
    public static readonly ProblemKind RouteNotFound = new(404, "route-not-found", "The gateway has no such route");
    public static readonly ProblemKind NoSuchRoute = new(404, "no-such-route", "There is nothing at this path");
    public static readonly ProblemKind MethodNotAllowed = new(405, "method-not-allowed", "The path does not take this method");
    public static readonly ProblemKind RequestTimeout = new(408, "request-timeout", "The body did not arrive in time");
    public static readonly ProblemKind LimitReached = new(409, "limit-reached", "A limit of the registry is reached");
    public static readonly ProblemKind ReadOnly = new(409, "read-only", "The instance is imported");
    public static readonly ProblemKind BelowFloor = new(409, "below-floor", "Too few instances would stay ready");
    public static readonly ProblemKind HistoryGone = new(410, "history-gone", "History does not reach back that far");
    public static readonly ProblemKind BodyTooLarge = new(413, "body-too-large", "The body is too large");
    public static readonly ProblemKind TooSoon = new(429, "too-soon", "The same was asked for a moment ago");
    public static readonly ProblemKind InternalError = new(500, "internal-error", "The node failed");
    public static readonly ProblemKind Busy = new(503, "busy", "The node cannot take this now");
    public static readonly ProblemKind StorageUnavailable = new(503, "storage-unavailable", "The journal could not be written");
    public static readonly ProblemKind StorageFull = new(507, "storage-full", "The journal's disk is full");

    /// <summary>Every kind, for the document and its test.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        InvalidRequest, MalformedJson, NotOwner, CrossSite, ServiceNotFound, InstanceNotFound, NoGateway, RouteNotFound, NoSuchRoute, MethodNotAllowed, RequestTimeout,
        LimitReached, ReadOnly, BelowFloor, HistoryGone, BodyTooLarge, TooSoon, InternalError, Busy, StorageUnavailable, StorageFull,
    ];
}
