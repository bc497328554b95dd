namespace Rollcall.EndToEnd.Dashboard;

/// <summary>One browser and one node for all tests of the dashboard, and nothing else beside them: a page that is late fails a test.</summary>
[CollectionDefinition(nameof(DashboardCollection), DisableParallelization = true)]
public sealed class DashboardCollection : ICollectionFixture<Chromium>, ICollectionFixture<DashboardNode>;
