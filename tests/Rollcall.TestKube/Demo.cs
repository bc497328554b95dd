namespace Rollcall.TestKube;

/// <summary>What a cluster started by hand holds: two nodes in two zones, and <c>orders</c> in the namespace <c>shop</c>.</summary>
internal static class Demo
{
    public const string Namespace = "shop";

    public static void Fill(KubeServer cluster)
    {
        cluster.Put(Manifest.Node("node-1", "a"));
        cluster.Put(Manifest.Node("node-2", "b", "192.168.0.2"));
        cluster.Put(Manifest.Service(Namespace, "orders", "None", ("http", 8080), ("admin", 8081)));
        cluster.Put(Manifest.StatefulSet(Namespace, "orders", 3, ("http", 8080), ("admin", 8081)));
    }
}
