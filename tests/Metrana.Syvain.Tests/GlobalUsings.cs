global using FluentAssertions;
global using Xunit;

// The end of the process is one for all experiments, and tests play it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
