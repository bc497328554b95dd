namespace Rollcall.Gateway.Tests;

public sealed class DependenciesTests
{
    [Fact]
    public void What_YARP_hashes_with_is_the_real_thing()
    {
        var type = System.Reflection.Assembly.Load("System.IO.Hashing").GetType("System.IO.Hashing.XxHash64");

        Assert.NotNull(type);
    }
}
