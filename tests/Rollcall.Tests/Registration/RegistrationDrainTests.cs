using Rollcall.Registration;

namespace Rollcall.Tests.Registration;

public sealed class RegistrationDrainTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private readonly ProtocolRun _run = new();

    private void AnnounceAndRegister(params string[] ids)
    {
        foreach (var id in ids)
        {
            _run.Protocol.Announce(ProtocolRun.Announcement(id), _run.Now);
            _run.Register();
        }
    }

    private void Drain() => _run.Protocol.Drain(_run.Now + TenSeconds, _run.Now);

    [Fact]
    public void A_drain_ends_when_every_watcher_has_applied_it()
    {
        AnnounceAndRegister("o-1");
        Drain();
        Assert.False(_run.Protocol.DrainSettled(_run.Now));

        _run.AnswerDrain(complete: false);
        _run.AnswerDrain(complete: true);

        Assert.True(_run.Protocol.DrainSettled(_run.Now));
        Assert.True(Assert.Single(_run.Protocol.Members).DrainComplete);
    }

    [Fact]
    public void A_drain_that_nobody_confirms_ends_with_its_time_and_renewals_go_on_meanwhile()
    {
        AnnounceAndRegister("o-1");
        Drain();
        var renewals = 0;
        while (!_run.Protocol.DrainSettled(_run.Now))
        {
            switch (_run.Next())
            {
                case RegistrationAction.Drain:
                    _run.AnswerDrain(complete: false);
                    break;
                case RegistrationAction.Renew:
                    _run.Renew();
                    renewals++;
                    break;
                default:
                    _run.PassWait();
                    break;
            }
        }

        Assert.InRange(_run.Now, TenSeconds, TenSeconds + TimeSpan.FromMilliseconds(50));
        Assert.InRange(renewals, 3, 4);
        Assert.False(Assert.Single(_run.Protocol.Members).DrainComplete);
        _run.PassWait();
        _run.Renew();
    }

    [Fact]
    public void All_instances_are_marked_before_one_is_waited_for()
    {
        AnnounceAndRegister("a", "b", "c");
        Drain();

        var asked = new[] { _run.AnswerDrain(false), _run.AnswerDrain(false), _run.AnswerDrain(false) };

        Assert.Equal(["a", "b", "c"], asked.Select(static action => action.Id));
        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1)], asked.Select(static action => action.For));
    }

    [Fact]
    public void A_draining_instance_that_the_node_forgot_is_announced_again_and_drained()
    {
        AnnounceAndRegister("o-1");
        Drain();
        _run.Fail(ProtocolRun.Problem(404, "instance-not-found"));

        _run.Register();
        _run.AnswerDrain(complete: true);

        Assert.True(_run.Protocol.DrainSettled(_run.Now));
    }

    [Fact]
    public void A_drained_instance_that_the_node_forgot_stays_away()
    {
        AnnounceAndRegister("o-1");
        Drain();
        _run.AnswerDrain(complete: true);
        _run.PassWait();

        _run.Renew("unknown");

        Assert.Equal(TimeSpan.MaxValue, _run.Next<RegistrationAction.Wait>().Until);
    }

    [Fact]
    public void What_no_node_was_told_is_drained_at_once()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);

        Drain();

        Assert.True(_run.Protocol.DrainSettled(_run.Now));
        Assert.Equal(TimeSpan.MaxValue, _run.Next<RegistrationAction.Wait>().Until);
    }

    [Fact]
    public void Where_no_node_could_be_connected_to_nothing_is_drained_or_taken_back()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        for (var i = 0; i < 3; i++)
        {
            _run.Fail(ProtocolRun.Refused());
            _run.PassWait();
        }

        Drain();
        Assert.True(_run.Protocol.DrainSettled(_run.Now));
        _run.Protocol.WithdrawAll(_run.Now);
        Assert.Empty(_run.Protocol.Members);
    }

    [Fact]
    public void What_was_sent_once_may_be_known_however_often_the_node_was_not_there_since()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Fail(ProtocolRun.Unreachable());
        _run.PassWait();
        _run.Fail(ProtocolRun.Refused());

        Drain();
        Assert.False(_run.Protocol.DrainSettled(_run.Now));
        _run.Protocol.WithdrawAll(_run.Now);
        Assert.Single(_run.Protocol.Members);
    }

    [Fact]
    public void A_registration_whose_answer_was_lost_is_drained_all_the_same()
    {
        _run.Protocol.Announce(ProtocolRun.Announcement(), _run.Now);
        _run.Fail(ProtocolRun.Unreachable());

        Drain();
        Assert.IsType<RegistrationAction.Drain>(_run.Fail(ProtocolRun.Problem(404, "service-not-found")));

        Assert.True(_run.Protocol.DrainSettled(_run.Now));
    }

    [Fact]
    public void A_drain_does_not_wait_for_the_pause_after_an_outage()
    {
        AnnounceAndRegister("o-1");
        _run.PassWait();
        for (var i = 0; i < 6; i++)
        {
            _run.Fail(ProtocolRun.Unreachable());
            if (i < 5)
                _run.PassWait();
        }

        Drain();

        Assert.IsNotType<RegistrationAction.Wait>(_run.Next());
    }

    [Fact]
    public void When_no_node_answers_the_drain_is_given_up_soon_because_nobody_can_be_told()
    {
        AnnounceAndRegister("o-1");
        _run.PassWait();
        Drain();
        var start = _run.Now;
        while (!_run.Protocol.DrainSettled(_run.Now))
        {
            _run.Fail(ProtocolRun.Unreachable());
            _run.PassWait();
        }

        Assert.InRange(_run.Now - start, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5.5));
        Assert.False(Assert.Single(_run.Protocol.Members).DrainComplete);
    }

    [Fact]
    public void Someone_elses_instance_is_not_drained()
    {
        AnnounceAndRegister("o-1");
        Drain();

        _run.Fail(ProtocolRun.Problem(403, "not-owner"));

        Assert.True(_run.Protocol.DrainSettled(_run.Now));
        Assert.IsType<RegistrationAction.Wait>(_run.Next());
    }

    [Fact]
    public void Ready_ends_a_drain()
    {
        AnnounceAndRegister("o-1");
        Drain();
        _run.AnswerDrain(complete: true);

        _run.Protocol.SetStatus("orders", "o-1", EndpointState.Ready, null);

        Assert.Equal(EndpointState.Ready, _run.Next<RegistrationAction.SetStatus>().State);
    }
}
