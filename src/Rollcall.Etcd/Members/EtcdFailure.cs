using System.Globalization;
using Rollcall.Servers;

namespace Rollcall.Etcd.Members;

/// <summary>What a member refuses, in words, with what to do.</summary>
internal static class EtcdFailure
{
    // Status codes of gRPC, which etcd's gateway passes on.
    private const int InvalidArgument = 3;
    private const int PermissionDenied = 7;
    private const int FailedPrecondition = 9;
    private const int Unauthenticated = 16;

    public static DiscoveryException Refused(string action, Uri member, int status, int code, string? message, string directory)
    {
        var said = string.IsNullOrWhiteSpace(message)
            ? string.Create(CultureInfo.InvariantCulture, $"status {status}")
            : string.Concat(message.Take(300).Select(static c => char.IsControl(c) ? ' ' : c)).TrimEnd('.');
        return new DiscoveryException($"Cannot {action}: {ServerFailure.NameOf(member)} refuses ({said}). {Advice(status, code, message ?? "", directory)}");
    }

    /// <summary>True when a new token may help.</summary>
    public static bool IsTokenRefused(int code, string? message) =>
        code == Unauthenticated
        || message?.Contains("invalid auth token", StringComparison.Ordinal) == true
        || message?.Contains("revision of auth store is old", StringComparison.Ordinal) == true
        || message?.Contains("revision in header", StringComparison.Ordinal) == true;

    /// <summary>True when it wants to know who asks, and was not told.</summary>
    public static bool IsLoginWanted(string message) => message.Contains("user name is empty", StringComparison.Ordinal);

    /// <summary>True when the cluster wants no login at all.</summary>
    public static bool IsLoginNeedless(int code, string? message) =>
        code == FailedPrecondition && message?.Contains("authentication is not enabled", StringComparison.Ordinal) == true;

    private static string Advice(int status, int code, string message, string directory)
    {
        if (IsLoginWanted(message))
            return "It wants to know who asks: set Rollcall:Etcd:Username and PasswordFile, or ETCDCTL_USER.";
        if (code == PermissionDenied || message.Contains("permission denied", StringComparison.Ordinal))
            return $"The user may not read there. Grant it: etcdctl role grant-permission ROLE read --prefix {directory}";
        if (code is InvalidArgument or Unauthenticated && message.Contains("auth", StringComparison.Ordinal))
            return "Correct the user or the password (Rollcall:Etcd:Username, PasswordFile).";
        return status == 404
            ? "Is it etcd 3.4 or later with its JSON gateway (--enable-grpc-gateway) on this port?"
            : "Is the cluster well? (etcdctl endpoint status)";
    }
}
