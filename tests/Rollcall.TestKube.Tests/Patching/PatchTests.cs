using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Patching;

namespace Rollcall.TestKube.Tests.Patching;

public sealed class PatchTests
{
    // The examples of RFC 7396, appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Merge(string target, string patch, string expected) => Same(expected, MergePatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch)));

    // After the examples of RFC 6902, appendix A.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["a"]}]""", """{"foo":["bar",["a"]]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux"]}""", """[{"op":"remove","path":"/foo/0"}]""", """{"foo":["qux"]}""")]
    [InlineData("""{"baz":"qux"}""", """[{"op":"replace","path":"/baz","value":1},{"op":"test","path":"/baz","value":1}]""", """{"baz":1}""")]
    [InlineData("""{"a":{"x":1},"b":{}}""", """[{"op":"move","from":"/a/x","path":"/b/y"}]""", """{"a":{},"b":{"y":1}}""")]
    [InlineData("""{"a":{"x":[1]}}""", """[{"op":"copy","from":"/a/x","path":"/b"}]""", """{"a":{"x":[1]},"b":[1]}""")]
    [InlineData("""{"a~b/c":1}""", """[{"op":"replace","path":"/a~0b~1c","value":2}]""", """{"a~b/c":2}""")]
    public void Operations(string target, string patch, string expected) => Same(expected, JsonPatch.Apply(JsonNode.Parse(target)!, (JsonArray)JsonNode.Parse(patch)!));

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""")]
    [InlineData("""[{"op":"remove","path":"/b"}]""")]
    [InlineData("""[{"op":"add","path":"/b/c/d","value":2}]""")]
    [InlineData("""[{"op":"add","path":"/list/3","value":2}]""")]
    [InlineData("""[{"op":"remove","path":"/list/2"}]""")]
    [InlineData("""[{"op":"fly","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"/a/b","value":2}]""")]
    public void An_operation_that_cannot_be_is_a_bad_request(string patch) =>
        Assert.Equal(400, Assert.Throws<ApiStatusException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":1,"list":[1,2]}""")!, (JsonArray)JsonNode.Parse(patch)!)).Code);

    [Theory]
    [InlineData("""{"ports":[{"port":80,"name":"a"}]}""", """{"ports":[{"port":81}]}""", """{"ports":[{"port":80,"name":"a"},{"port":81}]}""")]
    [InlineData("""{"ports":[{"port":80,"name":"a"}]}""", """{"ports":[{"port":80,"name":"b"}]}""", """{"ports":[{"port":80,"name":"b"}]}""")]
    [InlineData("""{"ports":[{"port":80},{"port":81}]}""", """{"$setElementOrder/ports":[{"port":81}],"ports":[{"$patch":"delete","port":80}]}""", """{"ports":[{"port":81}]}""")]
    [InlineData("""{"env":[{"name":"a","value":"1"}]}""", """{"env":[{"$patch":"replace"},{"name":"b"}]}""", """{"env":[{"name":"b"}]}""")]
    [InlineData("""{"args":["a","b"]}""", """{"args":["c"]}""", """{"args":["c"]}""")]
    [InlineData("""{"finalizers":["a"]}""", """{"finalizers":["b"]}""", """{"finalizers":["a","b"]}""")]
    [InlineData("""{"finalizers":["a","b"]}""", """{"$deleteFromPrimitiveList/finalizers":["a"]}""", """{"finalizers":["b"]}""")]
    [InlineData("""{"strategy":{"type":"a","rolling":1}}""", """{"strategy":{"$retainKeys":["type"],"type":"b"}}""", """{"strategy":{"type":"b"}}""")]
    [InlineData("""{"labels":{"a":"1","b":"2"}}""", """{"labels":{"$patch":"replace","c":"3"}}""", """{"labels":{"c":"3"}}""")]
    [InlineData("""{"labels":{"a":"1","b":"2"}}""", """{"labels":{"a":null}}""", """{"labels":{"b":"2"}}""")]
    public void Strategic(string target, string patch, string expected) => Same(expected, StrategicMergePatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch)));

    private static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nfound    {actual?.ToJsonString()}");
}
