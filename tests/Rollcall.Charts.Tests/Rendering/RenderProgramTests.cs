namespace Rollcall.Charts.Tests.Rendering;

/// <summary>The program does with a chart what helm does, as far as charts of ours rely on it.</summary>
public sealed class RenderProgramTests : IDisposable
{
    private readonly DirectoryInfo _chart = Directory.CreateTempSubdirectory("rollcall-chart-");

    public RenderProgramTests()
    {
        Write("Chart.yaml", "{ apiVersion: v2, name: sample, version: 1.2.3, appVersion: 4.5.6, kubeVersion: '>=1.21.0-0' }");
        Write("values.yaml", "{ name: own, map: { kept: 1, gone: 2, changed: 3 }, list: [1, 2] }");
    }

    [Fact]
    public async Task Values_are_merged_as_helm_merges_them()
    {
        Write("templates/a.yaml", "{{ toYaml .Values }}");
        Write("more.yaml", "{ name: file, map: { gone: null, added: 4 }, list: [3] }");
        Write("last.yaml", "{ name: last }");
        Assert.Equal(
            """{"list":[3],"map":{"added":4,"changed":"set","kept":1},"name":"last"}""",
            await ObjectAsync("--values", InChart("more.yaml"), "--values", InChart("last.yaml"), "--set", "map.changed=set"));
    }

    [Fact]
    public async Task Templates_see_what_helm_shows_them()
    {
        Write("notes.txt", "from a file");
        Write("templates/a.yaml", """
            release: {{ .Release.Name }}/{{ .Release.Namespace }}/{{ .Release.Service }}
            chart: {{ .Chart.Name }}-{{ .Chart.Version }}-{{ .Chart.AppVersion }}
            template: {{ .Template.Name }}
            kube: {{ .Capabilities.KubeVersion.Minor }}
            has: {{ .Capabilities.APIVersions.Has "apps/v1" }}
            file: {{ .Files.Get "notes.txt" }}
            """);
        Assert.Equal(
            """{"chart":"sample-1.2.3-4.5.6","file":"from a file","has":true,"kube":30,"release":"r/ns/Helm","template":"sample/templates/a.yaml"}""",
            await ObjectAsync("--release", "r", "--namespace", "ns", "--kube-version", "1.30.2"));
    }

    [Fact]
    public async Task Functions_are_those_of_helm()
    {
        Write("templates/_parts.tpl", """{{ define "part" }}{{ .name | upper | quote }}{{ end }}""");
        Write("templates/a.yaml", """
            include: {{ include "part" (dict "name" "x") }}
            tpl: {{ tpl "{{ .Values.name }}" . }}
            required: {{ required "must be there" .Values.name }}
            nested:
              {{- toYaml .Values.map | nindent 2 }}
            json: {{ toJson .Values.list }}
            back: {{ (fromYaml "a: 1").a }}
            looked: {{ lookup "v1" "Secret" "ns" "name" | empty }}
            """);
        Assert.Equal(
            """{"back":1,"include":"X","json":[1,2],"looked":true,"nested":{"changed":3,"gone":2,"kept":1},"required":"own","tpl":"own"}""",
            await ObjectAsync());
    }

    [Theory]
    [InlineData("{{ required \"say the owner\" (get .Values \"owner\") }}", "say the owner")]
    [InlineData("{{ fail \"not like this\" }}", "not like this")]
    [InlineData("{{ .Values.nme }}", "nme")]
    [InlineData("a: 1\na: 2", "already set")]
    [InlineData("{{ include \"none\" . }}", "no template")]
    [InlineData("{{ env \"HOME\" }}", "env")]
    [InlineData("{{ define \"me\" }}{{ include \"me\" . }}{{ end }}{{ include \"me\" . }}", "more than 1000 times")]
    [InlineData("a: {{", "a.yaml")]
    public async Task What_is_wrong_ends_it(string template, string said)
    {
        Write("templates/a.yaml", template);
        Assert.Contains(said, await ErrorAsync("--strict"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_too_old_is_refused() =>
        Assert.Contains(">=1.21.0-0", await ErrorAsync("--kube-version", "1.20.9"), StringComparison.Ordinal);

    [Fact]
    public async Task Values_must_meet_the_schema()
    {
        Write("values.schema.json", """{ "type": "object", "properties": { "name": { "type": "integer" } } }""");
        Assert.Contains("name: Invalid type. Expected: integer, given: string", await ErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_objects_of_a_file_come_in_order_and_empty_ones_not_at_all()
    {
        Write("templates/b.yaml", "---\n# nothing\n---\n{ at: 2 }\n--- \n{ at: 3, text: 'a --- b' }\n");
        Write("templates/a.yaml", "{ at: 1 }");
        Write("templates/NOTES.txt", "read me {{ .Release.Name }}");
        var chart = RenderedChart.Parse((await RenderProgram.RunAsync(_chart.FullName)).Out);
        Assert.Equal(["1", "2", "3"], chart.Objects.Select(static item => item["at"]!.ToString()));
    }

    public void Dispose() => _chart.Delete(recursive: true);

    private string InChart(string name) => Path.Combine(_chart.FullName, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InChart(name))!);
        File.WriteAllText(InChart(name), text);
    }

    private async Task<string> ObjectAsync(params string[] arguments)
    {
        var (code, text, error) = await RenderProgram.RunAsync([.. arguments, _chart.FullName]);
        Assert.True(code == 0, error);
        return Assert.Single(RenderedChart.Parse(text).Objects).ToJsonString();
    }

    private async Task<string> ErrorAsync(params string[] arguments)
    {
        var (code, text, error) = await RenderProgram.RunAsync([.. arguments, _chart.FullName]);
        Assert.True(code == 1, text);
        return error;
    }
}
