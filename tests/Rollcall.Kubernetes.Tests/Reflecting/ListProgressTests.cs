using Rollcall.Kubernetes.Api;
using Rollcall.Kubernetes.Reflecting;

namespace Rollcall.Kubernetes.Tests.Reflecting;

public sealed class ListProgressTests
{
    private readonly ListProgress _progress = new();

    [Fact]
    public void A_list_may_have_as_many_objects_as_allowed_and_no_more()
    {
        Add(ListProgress.MaxObjects, 1, "a");
        Add(0, 1, null);
        Assert.Contains("more than 200,000 objects", Refused(1, 1, null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_may_have_as_many_bytes_as_allowed_and_no_more()
    {
        Add(1, ListProgress.MaxBytes, null);
        Assert.Contains("larger than 4,294,967,296 bytes", Refused(1, 1, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Some_pages_may_be_empty()
    {
        for (var i = 0; i < ListProgress.MaxEmptyPages; i++)
            Add(0, 1, $"a{i}");
        Add(1, 1, "b");
        for (var i = 0; i < ListProgress.MaxEmptyPages; i++)
            Add(0, 1, $"c{i}");
        Assert.Contains("after 4 empty pages", Refused(0, 1, "d"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_page_is_named_twice()
    {
        Add(1, 1, "a");
        Add(1, 1, "b");
        var message = Refused(1, 1, "a");
        Assert.Contains("the same next page twice", message, StringComparison.Ordinal);
        Assert.Contains("Cannot list pods in the namespace shop", message, StringComparison.Ordinal);
    }

    private void Add(int objects, long bytes, string? next) => _progress.Add(new ApiRequest("list", "", "pods", "shop", "x"), objects, bytes, next);

    private string Refused(int objects, long bytes, string? next) => Assert.Throws<ApiException>(() => Add(objects, bytes, next)).Message;
}
